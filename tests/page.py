# SPDX-License-Identifier: LGPL-2.1-or-later
"""A page of docs/ whose steps are done as they are written, but for the names and places that
stand for others here."""

import os
import re
import subprocess

DOCS = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../docs')


class Page:
    def __init__(self, report, name, stands_for, n_steps):
        """REPORT is told what came of each: a name, whether it is right, details.  STANDS_FOR: words of the page
        and what they are here."""
        self.report, self.name = report, name
        with open(os.path.join(DOCS, name)) as file:
            self.text = file.read()
        missing = [word for word in stands_for if word not in self.text]
        for word in sorted(stands_for, key=len, reverse=True):
            self.text = self.text.replace(word, stands_for[word])
        self.steps = re.findall(r'```sh\n(.*?)```', self.text, re.DOTALL)
        report('%s has %d steps' % (name, n_steps), len(self.steps) == n_steps and not missing, len(self.steps), missing)

    def do(self, number, words='', **how):
        """Step NUMBER, from 1, succeeds and says WORDS; what it said."""
        done = subprocess.run(['sh', '-euc', self.steps[number - 1]], capture_output=True, text=True, timeout=60, **how)
        said = done.stdout + done.stderr
        self.report('%s: step %d' % (self.name, number), done.returncode == 0 and words in said, self.steps[number - 1], said)
        return said
