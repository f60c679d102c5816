"""The round of validation: comments of bodies on an edition, answers to them, and signatures."""

from helpers.validation.rounds import about_validation as about_validation
from helpers.validation.rounds import answer_table as answer_table
from helpers.validation.rounds import answers as answers
from helpers.validation.rounds import comments as comments
from helpers.validation.rounds import dispute_list as dispute_list
from helpers.validation.rounds import disputed as disputed
from helpers.validation.rounds import round_table as round_table
from helpers.validation.rounds import validation_round as validation_round
