"""What `experiments.benchmark` measures: sizes, floors, cases. It refuses to read any file.

Every case runs in a process of its own (`worker`), which imports the one module that it needs:
torch and JAX never meet, and the peak memory is that case's. So this `__init__` imports nothing.
"""
