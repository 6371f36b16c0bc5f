"""The report: results as one HTML file that opens anywhere, every number of it clickable down to the sentence."""

from analysis.report.page import REPORT, write_report

__all__ = ["REPORT", "write_report"]
