// See file_blocks.hpp.
#include "input/commands/file_blocks.hpp"

#include "input/commands/call_task.hpp"
#include "sys/error.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace prun {
namespace {

constexpr std::uint64_t first_window = 4096;

std::uint64_t offset_of(int fd) { return static_cast<std::uint64_t>(std::max<off_t>(::lseek(fd, 0, SEEK_CUR), 0)); }

}  // namespace

std::optional<std::uint64_t> FileBlocks::bytes_left(int fd) {
  struct stat file {};
  if (::fstat(fd, &file) != 0 || !S_ISREG(file.st_mode)) return std::nullopt;
  const off_t offset = ::lseek(fd, 0, SEEK_CUR);
  if (offset < 0) return std::nullopt;
  return static_cast<std::uint64_t>(std::max<off_t>(file.st_size - offset, 0));
}

FileBlocks::FileBlocks(int fd, const PipeOptions& options, PipeHeader header, std::unique_ptr<RecordScanner> records,
                       const Function& function)
    : function_(&function),
      fd_(fd),
      block_(std::max<std::size_t>(options.block, 1)),
      header_(std::move(header)),
      records_(std::move(records)),
      at_(offset_of(fd)),
      end_(at_ + bytes_left(fd).value_or(0)) {}

FileBlocks::~FileBlocks() { static_cast<void>(::lseek(fd_, static_cast<off_t>(at_), SEEK_SET)); }

Pull FileBlocks::next(Task& task) {
  if (failed_) return Pull::end;
  if (!take_header()) return fail(problem_ ? *problem_ : *header_.problem());
  if (at_ >= end_) return Pull::end;
  const auto end = end_of_block();
  if (!end) return fail(*problem_);
  make_range_call(task, *function_, header_.text(), at_, *end - at_);
  at_ = *end;
  return Pull::task;
}

bool FileBlocks::take_header() {
  for (std::uint64_t size = first_window; !header_.known(); size *= 2) {
    const std::uint64_t to = std::min(end_, at_ + size);
    const std::string_view text = look_at(at_, to);
    if (problem_) return false;
    if (const auto header = header_.size_in(text, to == end_)) {
      header_.set(text.substr(0, *header));
      at_ += *header;
    } else if (header_.problem()) {
      return false;
    }
  }
  return true;
}

/// Absent: there is a `problem_`.
std::optional<std::uint64_t> FileBlocks::end_of_block() {
  if (end_ - at_ <= block_) return end_;
  const auto last = last_end_before(at_ + block_);
  if (problem_) return std::nullopt;
  return last ? last : first_end_behind(at_ + block_);
}

/// Looks at more and more before the limit.
std::optional<std::uint64_t> FileBlocks::last_end_before(std::uint64_t limit) {
  for (std::uint64_t size = first_window;; size *= 2) {
    const std::uint64_t from = limit - std::min(size, limit - at_);
    const std::string_view text = look_at(from, std::min(end_, limit + records_->look_ahead()));
    if (problem_) return std::nullopt;
    const std::size_t end = records_->last_end(text, static_cast<std::size_t>(limit - from));
    if (end != std::string_view::npos) return from + end;
    if (from == at_) return std::nullopt;
  }
}

std::optional<std::uint64_t> FileBlocks::first_end_behind(std::uint64_t from) {
  const std::uint64_t wide = records_->widest_end();
  from -= std::min(from - at_, wide);
  for (std::uint64_t to = from; to < end_; from = to - std::min(to - from, wide)) {
    to = std::min(end_, from + wide + block_);
    const std::string_view text = look_at(from, to);
    if (problem_) return std::nullopt;
    if (const auto size = records_->record_size(text, to == end_)) return from + *size;
    records_->forget();
  }
  return end_;
}

std::string_view FileBlocks::look_at(std::uint64_t from, std::uint64_t to) {
  window_.resize(static_cast<std::size_t>(to - from));
  std::size_t got = 0;
  while (got < window_.size()) {
    const ssize_t read = sys::retry_interrupted(
        [&] { return ::pread(fd_, window_.data() + got, window_.size() - got, static_cast<off_t>(from + got)); });
    if (read < 0) problem_ = "cannot be read: " + std::system_category().message(errno);
    if (read == 0) problem_ = "became shorter while it was read";
    if (read <= 0) return {};
    got += static_cast<std::size_t>(read);
  }
  return window_;
}

Pull FileBlocks::fail(const std::string& problem) {
  error_.message = "<stdin>: " + problem;
  failed_ = true;
  return Pull::bad;
}

}  // namespace prun
