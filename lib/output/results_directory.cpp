// See results_directory.hpp.
#include "output/results_directory.hpp"

#include "command/command_function.hpp"
#include "output/output_buffer.hpp"
#include "sys/error.hpp"
#include "sys/fd.hpp"
#include "wire/value.hpp"

#include <fcntl.h>

#include <string_view>

namespace prun {
namespace {

constexpr std::size_t longest_name = 200;  // of the 255 bytes that most file systems allow

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
  std::filesystem::create_directories(directory_);
}

void ResultsDirectory::on_task(const TaskEvent& event) {
  if (event.command) {
    const std::filesystem::path directory = directory_of(event);
    std::filesystem::create_directories(directory);
    const command::Outputs outputs =
        command::outputs_of(event.failure != nullptr ? std::string_view(event.failure->detail) : event.value);
    const std::string number = std::to_string(event.index + 1);
    write(directory / "seq", {number, std::nullopt});
    write(directory / "stdout", outputs.out);
    write(directory / "stderr", outputs.err);
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
  return directory == directory_ ? directory / std::to_string(event.index + 1) : directory;
}

void ResultsDirectory::write(const std::filesystem::path& path, const command::CommandResult::Output& output) const {
  const sys::Fd file(sys::checked(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666),
                                  ("cannot write " + path.string()).c_str()));
  OutputBuffer buffer(file.get(), path.string());
  if (output.file && files_ != nullptr) {
    const auto place = files_->look_at(*output.file);
    buffer.copy_from(place.fd, place.offset, place.size);
  } else {
    buffer.write(output.bytes);
  }
  buffer.flush();
}

}  // namespace prun
