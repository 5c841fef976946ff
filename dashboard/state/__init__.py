"""What a person has chosen on a page: parameters without data."""
