// See report_file.hpp.
#include "report/report_file.hpp"

#include "report/page.hpp"
#include "report/timeline_svg.hpp"

namespace prun::report {

void ReportFile::write(const history::History& history) {
  const std::string text = file_.path().ends_with(".svg") ? make_svg(history) : make_page(history);
  file_.start();
  file_.write(text);
}

}  // namespace prun::report
