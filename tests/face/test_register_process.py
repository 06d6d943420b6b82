"""A behaviour of one's own: a process with its section, in a script and in the workers that the script starts."""

import json
import subprocess
import sys

SCRIPT = '''
import json

from regulars import Scenario, compare, register
from regulars.ground.errors import RegularsError
from regulars.parts import Effect, ParameterSet, Process, Section, par, section


class RainRules(ParameterSet):
    """How much it rains."""

    on: bool = par(False, "", "", "whether it rains")
    pull: float = par(1.0, "logits", "[0, 9]", "pull of the first firm while it does")


shops = {"market": {"customers": 60, "days": 28}, "firms": [{"name": "a"}, {"name": "b"}]}
try:
    Scenario({**shops, "rain": {"on": True}})
    before = "read"
except RegularsError as error:
    before = str(error)


@register
class Rain(Process):
    """Keeps people in the first shop."""

    sections = {"rain": section(RainRules, "rain")}

    def appeal(self, round):
        round.column(Effect.ATTACHMENT, 0)[:] += self.rules.pull


if __name__ == "__main__":
    scenario = Scenario({**shops, "rain": {"on": True, "pull": 5.0}, "arms": {"cheap": {"set": {"firms.b.price": 0.5}}}})
    wet = scenario.market().run().log.totals.purchases.sum(axis=0)
    dry = Scenario({**shops, "rain": {"on": False}}).market().run().log.totals.purchases.sum(axis=0)
    means = [compare(scenario, replicates=4, jobs=jobs).summary()["mean"].fillna(0).tolist() for jobs in (1, 2)]
    print(json.dumps({"before": before, "wet": wet.tolist(), "dry": dry.tolist(), "means": means}))
'''


def test_a_process_of_a_script(tmp_path):
    file = tmp_path / "rain.py"
    file.write_text(SCRIPT)
    told = subprocess.run([sys.executable, str(file)], capture_output=True, text=True)
    assert told.returncode == 0, told.stderr[-2000:]
    found = json.loads(told.stdout)
    assert "rain: no parameter of this name" in found["before"]
    assert found["wet"][0] > 9 * found["wet"][1] > 0 and found["dry"][0] < 1.5 * found["dry"][1]
    assert found["means"][0] == found["means"][1]
