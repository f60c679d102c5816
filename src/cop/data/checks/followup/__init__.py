"""What follows the draft: an edition validated, an action plan that can be followed up, and no
recommendation lost.
"""
