// See results_table.hpp.
#include "output/results_table.hpp"

#include "sys/error.hpp"

#include <fcntl.h>

#include <utility>

namespace prun {
namespace {

sys::Fd create(const std::string& path) {
  sys::Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (!file) sys::throw_errno("cannot write " + path);
  return file;
}

}  // namespace

std::optional<Dialect> ResultsTable::dialect_of(std::string_view path) noexcept {
  if (path.ends_with(".csv")) return Dialect::csv;
  if (path.ends_with(".tsv")) return Dialect::tsv;
  return std::nullopt;
}

ResultsTable::ResultsTable(const std::string& path, std::vector<std::string> names, Listener& next,
                           command::SpilledFiles* files)
    : file_(create(path)),
      buffer_(file_.get(), path),
      table_(dialect_of(path).value_or(Dialect::csv), std::move(names), buffer_, files, CommandTable::Files::kept),
      next_(&next) {}

void ResultsTable::on_task(const TaskEvent& event) {
  if (event.command) {
    table_.on_task(event);
    buffer_.flush();  // who looks at the file while the run goes on sees whole rows
  }
  next_->on_task(event);
}

void ResultsTable::on_end() {
  table_.on_end();
  buffer_.flush();
  next_->on_end();
}

}  // namespace prun
