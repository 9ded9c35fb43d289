"""Work in processes of its own: training, embedding."""
