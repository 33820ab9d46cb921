// Bytes on their way to a file descriptor, written in large blocks: text, and parts of files between. It does not know what the
// bytes mean, only where a record ends: what it writes ends with a whole record, so that a reader never sees half a line that
// stays half, unless the reader stops in the middle of one and the rest is dropped.
//
// Where its reader is slow, a write waits, or what was not taken waits here, in the order in which it came:
//
//   text_:  [ written | whole records ............. | a record being made ]
//                     begin_     ^        ^          whole_
//   stops_:                      at       at     a file's part, or what another output has to write before
#pragma once

#include "sys/file_copy.hpp"
#include "sys/output_channel.hpp"

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace prun {

/// Not thread-safe. The process must ignore SIGPIPE and SIGXFSZ.
class OutputBuffer {
 public:
  static constexpr std::size_t block_size = std::size_t{64} * 1024;

  enum class SlowReader : std::uint8_t {
    awaited,    ///< a write waits for it
    lets_wait,  ///< no write waits: what was not taken waits in memory until a later write, `push` or `flush`
  };

  /// @param fd stays the caller's, and open as long as this object lives
  /// @param name for error messages: "standard output"
  OutputBuffer(int fd, std::string name, SlowReader slow_reader = SlowReader::awaited);
  OutputBuffer(const OutputBuffer&) = delete;
  OutputBuffer& operator=(const OutputBuffer&) = delete;
  /// Flushes, without a word where that fails; does nothing in a child process that inherited the object.
  ~OutputBuffer();

  /// Append one record to this string, nothing else; it becomes part of the output with `commit()`.
  [[nodiscard]] std::string& record() noexcept { return text_; }

  /// The record is whole. Writes only where a block is full.
  /// @throws std::system_error naming the output, where writing fails (but not where the reader is gone)
  void commit() {
    if (text_.size() < next_write_ && !closed_) {
      whole_ = text_.size();
    } else {
      commit_full_block();
    }
  }

  /// One record at once.
  void write(std::string_view text) {
    text_.append(text);
    commit();
  }

  /// Part of a file comes next, without being taken into memory where the system can. No record may be half made.
  /// @param owner of the file, kept until the part is written @throws as `commit`, or where the file cannot be read
  void copy_from(const sys::FilePart& part, std::shared_ptr<const void> owner = nullptr);

  /// Text comes next that is made only when it can be written: `more` appends some of it to a string, and returns false at the
  /// end. @param expected about so many bytes in all, of a file @throws as `commit`, and what `more` throws
  using More = std::function<bool(std::string&)>;
  void supply(std::uint64_t expected, More more);

  /// Writes every record that is whole, and waits for the reader as long as it takes. @throws as `commit`
  void flush();

  /// Writes of what waits as much as the reader takes at once. @throws as `commit`
  void push();
  /// The descriptor is to be polled for POLLOUT: then `reader_is_ready` is called, and `push` will write something.
  [[nodiscard]] bool waits_for_reader() const noexcept { return blocked_ && !closed_; }
  void reader_is_ready() noexcept { blocked_ = false; }

  /// Lines that come between two changes of this number are written together, unless they fill a block.
  [[nodiscard]] std::uint64_t batch() const noexcept { return batch_; }

  /// What stands in `other`, told before, is written before what comes next here, for who sees both in one place.
  /// @throws as `commit`, of the other
  void follow(OutputBuffer& other) {
    if (!other.empty()) [[unlikely]]
      follow_waiting(other);
  }

  /// Drops all that waits, and then all that comes. @return so many bytes; 0: nothing waited
  std::uint64_t give_up_rest() noexcept;

  /// Nothing more will be written: the reader is gone, the output was given up, or an error was thrown.
  [[nodiscard]] bool closed() const noexcept { return closed_; }
  /// Nothing whole waits to be written.
  [[nodiscard]] bool empty() const noexcept { return whole_ == begin_ && stops_.empty(); }
  /// What waits to be written, in bytes.
  [[nodiscard]] std::uint64_t waiting_text() const noexcept { return whole_ - begin_; }
  [[nodiscard]] std::uint64_t waiting_files() const noexcept { return waiting_files_; }
  [[nodiscard]] int fd() const noexcept { return channel_.fd(); }
  [[nodiscard]] const std::string& name() const noexcept { return name_; }

 private:
  /// What comes between two bytes of text.
  struct Stop {
    std::uint64_t at = 0;  ///< behind so many bytes of text, of all that ever came
    sys::FilePart file{};
    std::shared_ptr<const void> owner{};
    More more{};
    std::string made{};  ///< by `more`, of which so much is written
    std::size_t made_written = 0;
    bool all_made = false;
    OutputBuffer* before = nullptr;  ///< which has to have written so much
    std::uint64_t before_written = 0;
  };

  void commit_full_block();
  void add(Stop stop);
  void write_whole();
  [[nodiscard]] bool write_some();
  [[nodiscard]] bool write_some_of(Stop& stop);
  [[nodiscard]] bool write_made(Stop& stop);
  void pass(Stop& stop);
  [[nodiscard]] bool took(ssize_t written);
  [[nodiscard]] bool barred() const noexcept;
  void forget_written();
  void wait_until_writable() const;
  void follow_waiting(OutputBuffer& other);
  void close() noexcept;
  [[noreturn]] void fail(int error);
  [[nodiscard]] std::uint64_t told() const noexcept { return before_text_ + whole_ + told_elsewhere_; }
  [[nodiscard]] std::uint64_t written() const noexcept { return before_text_ + begin_ + written_elsewhere_; }

  std::string name_;
  bool waits_ = false;  ///< in its writes
  sys::OutputChannel channel_;
  std::string text_;
  std::size_t begin_ = 0;                ///< so many bytes of `text_` are written
  std::size_t whole_ = 0;                ///< so many bytes of `text_` are whole records
  std::size_t next_write_ = block_size;  ///< how long `text_` is to be
  std::size_t unbroken_ = 0;             ///< from here on nothing was written between the text
  std::uint64_t before_text_ = 0;        ///< bytes of text that came before those in `text_`
  std::deque<Stop> stops_;
  std::uint64_t waiting_files_ = 0;
  std::uint64_t told_elsewhere_ = 0;  ///< stops
  std::uint64_t written_elsewhere_ = 0;
  pid_t owner_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
  std::uint64_t batch_ = 1;
  bool blocked_ = false;  ///< the last write found that the reader takes nothing
  bool closed_ = false;
};

/// Pushes both, however they have to follow each other.
void push(OutputBuffer& out, OutputBuffer& err);

}  // namespace prun
