"""What `experiments.pretrain` is made of: tumours, search, training that resumes, judgement."""
