// See results_directory.hpp.
#include "output/results_directory.hpp"

#include "command/command_function.hpp"
#include "output/saved_file.hpp"
#include "sys/folder.hpp"
#include "wire/value.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <system_error>
#include <utility>

namespace prun {
namespace {

constexpr std::size_t longest_name = 200;   // of the 255 bytes that most file systems allow
constexpr std::size_t longest_path = 4000;  // of the 4096 that the system accepts
constexpr std::array file_names{"seq", "stdout", "stderr"};

std::string file_name_of(std::string_view input) {
  std::string name;
  for (const char c : input) {
    switch (c) {
      case '/': name += "\\_"; break;
      case '\\': name += "\\\\"; break;
      case '\0': name += "\\0"; break;
      default: name += c;
    }
  }
  if (name.size() > longest_name) name.resize(longest_name);
  return name.empty() || name == "." || name == ".." ? '\\' + name : name;
}

}  // namespace

ResultsDirectory::ResultsDirectory(const std::string& directory, Listener& next, command::SpilledFiles* files)
    : directory_(directory), next_(&next), files_(files) {
  sys::make_folders(directory_);
}

void ResultsDirectory::on_task(const TaskEvent& event) {
  if (event.command) {
    const std::filesystem::path directory = make_own_directory(event);
    const command::Outputs outputs =
        command::outputs_of(event.failure != nullptr ? std::string_view(event.failure->detail) : event.value);
    const std::string number = std::to_string(event.index + 1);
    save_output(directory / "seq", {number, std::nullopt}, files_);
    save_output(directory / "stdout", outputs.out, files_);
    save_output(directory / "stderr", outputs.err, files_);
  }
  next_->on_task(event);
}

std::filesystem::path ResultsDirectory::directory_of(const TaskEvent& event) const {
  std::filesystem::path directory = directory_;
  wire::ValueReader reader(event.args);
  const std::uint32_t inputs = reader.array();
  const bool scalars = event.kwargs.empty();
  for (std::uint32_t i = 1; scalars && i <= inputs; ++i) {
    const std::string_view value = reader.skip();
    const wire::Kind kind = wire::ValueReader(value).peek();
    if (kind == wire::Kind::array || kind == wire::Kind::map || kind == wire::Kind::null) continue;
    directory = directory / std::to_string(i) / file_name_of(command::input_text(value));
  }
  const bool named = directory != directory_ && directory.native().size() <= longest_path;
  return named ? directory : directory_ / std::to_string(event.index + 1);
}

std::filesystem::path ResultsDirectory::make_own_directory(const TaskEvent& event) {
  std::filesystem::path directory = directory_of(event);
  const std::string mark = "\\~" + std::to_string(event.index + 1);
  while (!make_unless_taken(directory)) directory += mark;
  return directory;
}

// If a task file mixes commands with and without inputs, the folder for other tasks' inputs may exist already, or may have
// the name of a file that this task needs.
bool ResultsDirectory::make_unless_taken(const std::filesystem::path& directory) {
  if (!taken_.insert(std::filesystem::hash_value(directory)).second) return false;
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error == std::errc::not_a_directory || error == std::errc::file_exists) return false;
  if (error) throw std::system_error(error, "cannot make the folder " + directory.string());
  return std::none_of(file_names.begin(), file_names.end(),
                      [&](const char* file) { return std::filesystem::is_directory(directory / file, error); });
}

}  // namespace prun
