"""Language models: fine-tuned on the completions of texts, evaluated, and served."""
