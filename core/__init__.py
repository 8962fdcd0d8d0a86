"""The words: types, labels, settings, text, safe fetch, errors and log. Every other room speaks them."""
