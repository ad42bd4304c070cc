"""What models are asked for: one file a task. A model's own way is taken where it has one, else it is asked in a conversation."""
