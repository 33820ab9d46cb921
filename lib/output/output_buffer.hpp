// Buffers bytes for a file descriptor and writes them in large blocks: text, and parts of files in between. It knows only
// the ends of records. Each write ends with a complete record, so that a reader never sees an incomplete line forever,
// unless the reader stops in a line and the rest is dropped.
//
// If the reader is slow, a write blocks, or the remaining data waits here, in order:
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

class Overlay;

/// Not thread-safe. The process must ignore SIGPIPE and SIGXFSZ.
class OutputBuffer {
 public:
  static constexpr std::size_t block_size = std::size_t{64} * 1024;

  enum class SlowReader : std::uint8_t {
    awaited,    ///< writes wait for it
    lets_wait,  ///< writes do not wait: data stays in memory until a later write, `push` or `flush`
  };

  /// @param fd belongs to the caller, and must stay open as long as this object lives
  /// @param name for error messages: "standard output"
  OutputBuffer(int fd, std::string name, SlowReader slow_reader = SlowReader::awaited);
  OutputBuffer(const OutputBuffer&) = delete;
  OutputBuffer& operator=(const OutputBuffer&) = delete;
  /// Flushes and ignores errors. Does nothing in a child process that inherited the object.
  ~OutputBuffer();

  /// Append one record to this string, and nothing else. `commit()` makes it part of the output.
  [[nodiscard]] std::string& record() noexcept { return text_; }

  /// The record is complete. Writes only if a block is full.
  /// @throws std::system_error that names the output if writing fails (except if the reader is gone)
  void commit() {
    if (text_.size() < next_write_ && !closed_) {
      whole_ = text_.size();
    } else {
      commit_full_block();
    }
  }

  /// Writes one complete record.
  void write(std::string_view text) {
    text_.append(text);
    commit();
  }

  /// Writes one complete record. If what came before ends within a line, that line is ended first.
  void write_line(std::string_view line) {
    begin_line();
    write(line);
  }
  /// If what came so far ends within a line, the line is ended. There must be no incomplete record. After `join`, what came to
  /// the other output counts too, and is written before.
  void begin_line();

  /// Appends a part of a file, without reading it into memory if the system can. There must be no incomplete record.
  /// @param owner of the file, kept until the part is written @throws like `commit`, and if the file cannot be read
  void copy_from(const sys::FilePart& part, std::shared_ptr<const void> owner = nullptr);

  /// Appends text that is generated when it can be written: `more` appends some of it to a string and returns false at the
  /// end. @param expected approximate size, of a file @param last the last byte that it will generate
  /// @throws like `commit`, and what `more` throws
  using More = std::function<bool(std::string&)>;
  void supply(std::uint64_t expected, char last, More more);

  /// Writes every complete record and waits for the reader as long as necessary. @throws like `commit`
  void flush();

  /// Writes as much of the waiting data as the reader accepts immediately. @throws like `commit`
  void push();
  /// The descriptor must be polled for POLLOUT. Then call `reader_is_ready`, and `push` will write something.
  [[nodiscard]] bool waits_for_reader() const noexcept { return blocked_ && !closed_; }
  void reader_is_ready() noexcept { blocked_ = false; }

  /// Lines appended while this number does not change are written together, unless they fill a block.
  [[nodiscard]] std::uint64_t batch() const noexcept { return batch_; }

  /// The current content of `other` is written before the next data here, for readers that see both in one place.
  /// @throws like `commit`, for `other`
  void follow(OutputBuffer& other) {
    if (&other == joined_ && other.told() != followed_) {
      followed_ = other.told();
      told_when_behind_ = told();
    }
    if (!other.empty()) [[unlikely]]
      follow_waiting(other);
  }

  /// Lines that begin here must not join a line of `other`, if both are one file, pipe or terminal. @param other must live as
  /// long as lines are begun here
  void join(OutputBuffer& other) noexcept {
    if (is_same_place(other)) joined_ = &other;
  }

  /// Another process has written to the descriptor, behind all that came so far.
  void note_written_outside(bool ends_in_line) noexcept;

  /// @param overlay is drawn on the same terminal; null: nothing is. It is taken away before its end.
  void share_terminal(Overlay* overlay) noexcept { overlay_ = overlay; }

  /// Drops all that waits, and then all that comes. @return so many bytes; 0: nothing waited
  std::uint64_t give_up_rest() noexcept;

  /// Nothing more will be written: the reader is gone, the output was given up, or an error was thrown.
  [[nodiscard]] bool closed() const noexcept { return closed_; }
  /// No complete record is waiting.
  [[nodiscard]] bool empty() const noexcept { return whole_ == begin_ && stops_.empty(); }
  /// Number of waiting bytes.
  [[nodiscard]] std::uint64_t waiting_text() const noexcept { return whole_ - begin_; }
  [[nodiscard]] std::uint64_t waiting_files() const noexcept { return waiting_files_; }
  [[nodiscard]] int fd() const noexcept { return channel_.fd(); }
  [[nodiscard]] const std::string& name() const noexcept { return name_; }

 private:
  /// Data between two bytes of text.
  struct Stop {
    std::uint64_t at = 0;  ///< position: number of text bytes before it, since the beginning
    sys::FilePart file{};
    std::shared_ptr<const void> owner{};
    More more{};
    char last = '\n';    ///< byte of the file, or of what `more` generates
    std::string made{};  ///< by `more`, of which so much is written
    std::size_t made_written = 0;
    bool all_made = false;
    OutputBuffer* before = nullptr;  ///< which must have written that much before
    std::uint64_t before_written = 0;
  };

  void commit_full_block();
  void add(Stop stop);
  void write_whole();
  [[nodiscard]] bool may_write();
  void note_last(char last);
  [[nodiscard]] bool is_same_place(const OutputBuffer& other) const noexcept;
  [[nodiscard]] char last_told() const noexcept;
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
  std::size_t begin_ = 0;                ///< bytes of `text_` that are written
  std::size_t whole_ = 0;                ///< bytes of `text_` that are complete records
  std::size_t next_write_ = block_size;  ///< how long `text_` is to be
  std::size_t unbroken_ = 0;             ///< from here on nothing was written between the text
  std::uint64_t before_text_ = 0;        ///< bytes of text that came before those in `text_`
  std::deque<Stop> stops_;
  std::uint64_t waiting_files_ = 0;
  std::uint64_t told_elsewhere_ = 0;  ///< stops
  std::uint64_t written_elsewhere_ = 0;
  Overlay* overlay_ = nullptr;
  char last_written_ = '\n';
  pid_t owner_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
  dev_t terminal_ = 0;              ///< what a device is, also under another name; 0: it is none
  OutputBuffer* joined_ = nullptr;  ///< lines begin behind its lines; null: nobody sees which came first
  std::uint64_t followed_ = 0;      ///< what the joined output had been told when this one last followed it
  std::uint64_t told_when_behind_ =
      UINT64_MAX;  ///< what this output had been told when it last came behind the joined one
  std::uint64_t batch_ = 1;
  bool blocked_ = false;  ///< the reader accepted nothing at the last write
  bool closed_ = false;
};

/// Pushes both, in whatever order they depend on each other.
void push(OutputBuffer& out, OutputBuffer& err);

}  // namespace prun
