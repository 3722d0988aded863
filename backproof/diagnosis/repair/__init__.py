"""What puts it right: small edits of the learner's own text, each proven."""
