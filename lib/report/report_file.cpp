// See report_file.hpp.
#include "report/report_file.hpp"

#include "report/page.hpp"
#include "report/timeline_svg.hpp"
#include "sys/error.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string_view>
#include <utility>

namespace prun::report {

ReportFile::ReportFile(std::string path)
    : path_(std::move(path)), file_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666)) {
  if (!file_) sys::throw_errno("cannot write the report " + path_);
}

void ReportFile::write(const history::History& history) {
  const std::string text = path_.ends_with(".svg") ? make_svg(history) : make_page(history);
  struct stat status {};
  const std::string what = "cannot write the report " + path_;
  sys::checked(::fstat(file_.get(), &status), what.c_str());
  if (S_ISREG(status.st_mode)) sys::checked(::ftruncate(file_.get(), 0), what.c_str());
  for (std::string_view rest = text; !rest.empty();) {
    const auto wrote = sys::retry_interrupted([&] { return ::write(file_.get(), rest.data(), rest.size()); });
    rest.remove_prefix(static_cast<std::size_t>(sys::checked(wrote, what.c_str())));
  }
}

}  // namespace prun::report
