"""What deserves a remark: in the model's figures, in the files, in slices."""
