"""What a trained model knows: latent points, errors, meshes, alignment and measures.

Nothing is imported here, so that a page which shows stored points needs neither torch nor scikit-learn.
"""
