// See named_files.hpp.
#include "named_files.hpp"

#include "options/joblog_file.hpp"
#include "usage_error.hpp"

#include "event/printable.hpp"
#include "sys/file_identity.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <optional>
#include <utility>

namespace prun::app {
namespace {

/// A name, or a standard stream, and the file that it means.
struct Meant {
  std::string name;  ///< "--trace run.json", "standard input"
  std::string_view option;
  FileUse use;
  sys::FileIdentity file;
};

bool writes(FileUse use) noexcept {
  return use == FileUse::written || use == FileUse::appended || use == FileUse::journal;
}

/// Both uses of one file do no harm.
bool compatible(const Meant& a, const Meant& b) noexcept {
  if (!writes(a.use) && !writes(b.use)) return true;
  if (a.use == FileUse::appended && b.use == FileUse::appended) return true;
  const bool journals = (a.use == FileUse::journal && b.use == FileUse::read_journal) ||
                        (a.use == FileUse::read_journal && b.use == FileUse::journal);
  return journals || a.option == b.option;
}

[[noreturn]] void refuse(const Meant& a, const Meant& b) {
  const auto may_yield = [](const Meant& one) { return writes(one.use) && !one.option.empty(); };
  const Meant& writer = may_yield(a) && (a.use != FileUse::journal || !may_yield(b)) ? a : b;
  const Meant& other = &writer == &a ? b : a;
  if (writer.option.empty())
    throw UsageError(fmt::format("{} writes to the file of {}: redirect it to another file", writer.name, other.name));
  throw UsageError(
      fmt::format("{} and {} are the same file: choose another name for {}", writer.name, other.name, writer.option));
}

void add(std::vector<Meant>& meant, const NamedFile& named) {
  const auto add_path = [&](const std::string& path) {
    const auto file = sys::identity_of(path);
    if (file) meant.push_back({fmt::format("{} {}", named.option, printable(path)), named.option, named.use, *file});
  };
  add_path(named.path);
  if (named.use != FileUse::journal) return;
  for (const char* suffix : {"-wal", "-shm"}) add_path(named.path + suffix);  // SQLite's own files beside it
}

void add_standard_stream(std::vector<Meant>& meant, int fd, const char* name) {
  const auto file = sys::identity_of(fd);
  if (!file) return;
  const bool appends = (::fcntl(fd, F_GETFL) & O_APPEND) != 0;
  meant.push_back({name,
                   {},
                   fd == STDIN_FILENO ? FileUse::read
                   : appends          ? FileUse::appended
                                      : FileUse::written,
                   *file});
}

}  // namespace

std::vector<NamedFile> named_files(const CommandLine& line, const std::vector<InputList>& lists) {
  std::vector<NamedFile> files;
  for (const GivenOption& given : line.options) {
    const bool standard_input = given.option->file == FileUse::read && given.text == "-";
    if (given.option->file == FileUse::none || standard_input) continue;
    NamedFile file{given.option->name(), given.text, given.option->file};
    if (file.option == "--joblog") {
      auto [path, appends] = parse_joblog_file(given.text);
      file.path = std::move(path);
      if (appends) file.use = FileUse::appended;
    }
    files.push_back(std::move(file));
  }
  for (const InputList& list : lists) {
    if (list.file && *list.file != "-") files.push_back({"::::", *list.file, FileUse::read});
  }
  return files;
}

void refuse_shared_files(const std::vector<NamedFile>& files) {
  std::vector<Meant> meant;
  for (const NamedFile& file : files) add(meant, file);
  const std::size_t named = meant.size();
  if (named == 0) return;
  add_standard_stream(meant, STDIN_FILENO, "standard input");
  add_standard_stream(meant, STDOUT_FILENO, "standard output");
  add_standard_stream(meant, STDERR_FILENO, "standard error");
  // Two standard streams may share a file: that is for the shell to say.
  for (std::size_t i = 0; i < named; ++i) {
    for (std::size_t other = i + 1; other < meant.size(); ++other) {
      if (meant[i].file == meant[other].file && !compatible(meant[i], meant[other])) refuse(meant[i], meant[other]);
    }
  }
}

}  // namespace prun::app
