"""The report: results as one HTML file that opens anywhere, every number of it clickable down to the sentence."""

from analysis.report.page import write_report
from analysis.storage import REPORT

__all__ = ["REPORT", "write_report"]
