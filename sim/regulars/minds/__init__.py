"""What customers feel, think and say, read where nobody outside can look: a running market's customers themselves.

`regulars.measures` read logs, as a firm could; what stands here needs the customers of a simulated market.
"""

from regulars.ground.lazy import face
from regulars.minds.attitude import constructs, preference_gap
from regulars.minds.delivered_value import delivered_value
from regulars.minds.survey import SurveyRules, survey

__all__ = ["SurveyRules", "constructs", "delivered_value", "preference_gap", "survey"]
__getattr__, __dir__ = face("regulars.minds", {}, __all__)
