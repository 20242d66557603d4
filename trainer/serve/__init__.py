"""The prediction container: https://cloud.google.com/vertex-ai/docs/predictions/custom-container-requirements."""
