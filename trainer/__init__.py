"""Trains, evaluates and serves Hugging Face models with JAX."""
