// See saved_output.hpp.
#include "output/saved_output.hpp"

#include "output/saved_file.hpp"
#include "sys/error.hpp"
#include "sys/fd.hpp"

#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace prun {
namespace {

constexpr std::string_view suffix = ".par";  // as GNU parallel has it

std::string name_to_fill() {
  const char* folder = std::getenv("TMPDIR");  // NOLINT(concurrency-mt-unsafe): nobody sets it meanwhile
  return std::string(folder != nullptr && *folder != '\0' ? folder : "/tmp") + "/parXXXXXX" + std::string(suffix);
}

}  // namespace

void SavedOutput::on_task(const TaskEvent& event) {
  const std::string_view result = event.failure != nullptr ? std::string_view(event.failure->detail) : event.value;
  // An exception says that the output could not be kept.
  const bool kept = event.failure == nullptr || event.failure->kind != FailureKind::exception;
  if (event.command && kept && !result.empty()) {
    const command::Outputs outputs = command::outputs_of(result);
    const std::string path = save(outputs.out);
    out_.follow(err_);
    out_.write(path + '\n');
    err_.follow(out_);
    copy(outputs.err, err_);
  }
  failures_.write(event, err_, out_);
}

std::string SavedOutput::save(const command::CommandResult::Output& output) const {
  std::string path = name_to_fill();
  sys::Fd file(::mkstemps(path.data(), static_cast<int>(suffix.size())));
  if (!file) sys::throw_errno("cannot create the file " + path);
  file.reset();
  try {
    save_output(path, output, files_);
  } catch (...) {
    ::unlink(path.c_str());  // a part of an output looks like all of it
    throw;
  }
  if (output.file && files_ != nullptr) static_cast<void>(files_->take(output.file->token));
  return path;
}

void SavedOutput::copy(const command::CommandResult::Output& output, OutputBuffer& target) const {
  if (!output.file) {
    if (!output.bytes.empty()) target.write(output.bytes);
    return;
  }
  if (files_ == nullptr) return;
  const auto content = files_->take(output.file->token);
  target.copy_from(content->part(), content);
}

}  // namespace prun
