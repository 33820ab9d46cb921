// `prun new plugin NAME`; see new_command.hpp.
#include "new_command.hpp"

#include "exit_status.hpp"
#include "project_template.hpp"
#include "usage_error.hpp"

#include "event/printable.hpp"
#include "output/output_buffer.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <utility>

namespace prun::app {
namespace {

namespace fs = std::filesystem;

void check_name(std::string_view name) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
  constexpr std::string_view rest = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789-";
  if (!name.empty() && letters.find(name.front()) != std::string_view::npos &&
      name.find_first_not_of(rest) == std::string_view::npos) {
    return;
  }
  throw UsageError(fmt::format(
      "a plugin's name has letters, digits, _ and -, and begins with a letter or _; '{}' is not valid", name));
}

std::string filled_in(std::string_view text, std::string_view mark, std::string_view name) {
  std::string filled(text);
  for (auto at = filled.find(mark); at != std::string::npos; at = filled.find(mark, at + name.size())) {
    filled.replace(at, mark.size(), name);
  }
  return filled;
}

void write_file(const fs::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) throw std::system_error(errno, std::generic_category(), path.string());
}

/// A new folder that the destructor removes unless all its files have been written.
class NewFolder {
 public:
  explicit NewFolder(fs::path path) : path_(std::move(path)) {
    if (fs::symlink_status(path_).type() != fs::file_type::not_found || !fs::create_directory(path_)) {
      throw UsageError(fmt::format("./{} exists already; choose another name, or remove it", path_.string()));
    }
  }
  NewFolder(const NewFolder&) = delete;
  NewFolder& operator=(const NewFolder&) = delete;
  ~NewFolder() {
    std::error_code ignored;
    if (!complete_) fs::remove_all(path_, ignored);
  }
  void complete() noexcept { complete_ = true; }

 private:
  fs::path path_;
  bool complete_ = false;
};

}  // namespace

int new_project(const NewProject& command) {
  check_name(command.name);
  const std::string& name = command.name;
  NewFolder folder(name);
  std::string said;
  for (const TemplateFile& file : plugin_template()) {
    const fs::path path = fs::path(name) / filled_in(file.name, "NAME", name);
    write_file(path, filled_in(file.text, "@NAME@", name));
    said += fmt::format("wrote {}\n", printable(path.string()));
  }
  folder.complete();
  said += fmt::format(
      "build and test it: cmake -S {0} -B {0}/build && cmake --build {0}/build && ctest --test-dir {0}/build\n", name);
  OutputBuffer out(STDOUT_FILENO, "standard output");
  out.write(said);
  out.flush();
  return all_succeeded;
}

}  // namespace prun::app
