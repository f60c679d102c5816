"""What explore.ipynb needs besides pandas and seaborn, in JupyterLab and on a read-only site.

desk: the list of countries, and controls that redraw a cell; figures and research: frames; tables,
exports and form; lab and site, which open the notebook. No stage and no helper imports these.
"""
