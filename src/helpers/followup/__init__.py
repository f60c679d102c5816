"""What became of the recommendations: how far actions are, what is due, what was addressed.

States are reckoned as of the data cut-off of the edition, never typed and never by the clock.
"""

from helpers.followup.agenda import by_body as by_body
from helpers.followup.agenda import calendar as calendar
from helpers.followup.agenda import open_days as open_days
from helpers.followup.regional import by_country as by_country
from helpers.followup.regional import country_table as country_table
from helpers.followup.saying import recorded as recorded
from helpers.followup.saying import text as text
from helpers.followup.shares import addressed as addressed
from helpers.followup.shares import carried as carried
from helpers.followup.shares import how_addressed as how_addressed
from helpers.followup.showing import action_table as action_table
from helpers.followup.showing import addressed_table as addressed_table
from helpers.followup.showing import body_table as body_table
from helpers.followup.showing import bottom_line as bottom_line
from helpers.followup.showing import calendar_link as calendar_link
from helpers.followup.showing import due_table as due_table
from helpers.followup.showing import late_table as late_table
from helpers.followup.showing import target_chart as target_chart
from helpers.followup.states import actions as actions
from helpers.followup.states import begun as begun
from helpers.followup.states import state as state
from helpers.followup.states import way as way
