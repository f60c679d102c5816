"""The analyst's desk: what explore.ipynb shows, in JupyterLab and on a read-only site.

calls, tables, exports; then choice (the country looked at), view (controls and what they answer),
gaps, views, form; and lab and site, which open it. No stage and no helper imports these, so that
a batch never loads a widget.
"""
