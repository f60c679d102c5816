"""The application: runs, renders and feeds the notebooks that import `helpers`."""
