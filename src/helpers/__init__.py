"""What the notebooks import: small modules named with the words of the method, in its order.

contract, faults, countries, page, sources, charts; then the stages: evidence (1), stakeholders (2), fieldwork (3),
indicators and cybersecurity (4), agreement and alignment (5), assessment (6), region (7).
"""
