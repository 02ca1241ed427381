"""absl scripts: flags -> settings -> run(settings). The only place with flags and clocks."""
