"""The rules of what follows the draft: the validation round."""
