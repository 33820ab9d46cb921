// See results_directory.hpp.
#include "output/results_directory.hpp"

#include "command/command_function.hpp"
#include "output/saved_file.hpp"
#include "sys/folder.hpp"
#include "wire/value.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
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

/// The names of folders; empty for what is no text or number.
std::vector<std::string> names_of_inputs(const TaskEvent& event) {
  std::vector<std::string> names;
  if (!event.kwargs.empty()) return names;
  wire::ValueReader reader(event.args);
  for (std::uint32_t left = reader.array(); left > 0; --left) {
    const std::string_view value = reader.skip();
    const wire::Kind kind = wire::ValueReader(value).peek();
    const bool scalar = kind != wire::Kind::array && kind != wire::Kind::map && kind != wire::Kind::null;
    names.push_back(scalar ? file_name_of(command::input_text(value)) : std::string());
  }
  return names;
}

}  // namespace

ResultsDirectory::ResultsDirectory(const std::string& directory, const std::vector<std::string>& columns,
                                   Listener& next, command::SpilledFiles* files)
    : directory_(directory), next_(&next), files_(files) {
  for (std::size_t i = 0; i < columns.size(); ++i) columns_.emplace_back(i, file_name_of(columns[i]));
  std::ranges::stable_sort(columns_, {}, &std::pair<std::size_t, std::string>::second);
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
  const std::vector<std::string> inputs = names_of_inputs(event);
  const auto add = [&](const std::string& name, std::size_t position) {
    if (position < inputs.size() && !inputs[position].empty()) directory = directory / name / inputs[position];
  };
  for (const auto& [position, name] : columns_) add(name, position);
  for (std::size_t position = columns_.size(); position < inputs.size(); ++position)
    add(std::to_string(position + 1), position);
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
