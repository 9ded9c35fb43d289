"""Work in processes of its own: training, t-SNE and UMAP, ONNX export, and the ReLU comparison."""
