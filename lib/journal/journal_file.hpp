// A journal on disk, opened for one run or for reading. It knows the file, its lock and its version, not its content. No
// other code in the process may open and close the file, because closing it releases SQLite's locks. So every connection is
// made here and lives as long as this object.
#pragma once

#include "journal/file_places.hpp"
#include "journal/journal_error.hpp"
#include "journal/run_lock.hpp"
#include "journal/sqlite.hpp"
#include "wire/value.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace prun::journal {

/// The error for a journal that SQLite cannot read or write.
[[nodiscard]] JournalError journal_error(const std::string& path, const SqliteError& e);
/// The error for a journal with content that prun did not write. It says how to save the rest.
[[nodiscard]] JournalError damaged_journal(const std::string& path, std::string_view what);

class JournalFile {
 public:
  enum class Use : std::uint8_t {
    create,   ///< it must not exist yet, or must be empty
    go_on,    ///< it may exist
    look_at,  ///< it must exist, and another prun may be using it
  };

  /// Does not change a file that it refuses. @throws JournalError
  JournalFile(const std::string& path, Use use);
  JournalFile(const JournalFile&) = delete;
  JournalFile& operator=(const JournalFile&) = delete;

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  /// It had no tasks of an earlier run.
  [[nodiscard]] bool is_new() const noexcept { return new_; }
  /// For the recorder; with `look_at`, the same as `reader`.
  [[nodiscard]] Database& writer() noexcept { return writer_ ? *writer_ : *reader_; }
  /// For queries while the run continues.
  [[nodiscard]] Database& reader() noexcept { return *reader_; }

  /// Another prun is using it.
  [[nodiscard]] bool in_use() const noexcept { return file_.taken_by_another(); }

  /// From now on `displaced` detects that the journal, or a file that SQLite keeps beside it, is deleted or replaced.
  void watch_places();
  /// What has happened to them, as a complete sentence; absent: nothing. Thread-safe.
  [[nodiscard]] std::optional<std::string> displaced() const { return places_.displaced(); }

  /// Calls `call` and converts errors of SQLite and of value readers to a JournalError.
  template <class Call>
  decltype(auto) reading(Call call) const {
    try {
      return call();
    } catch (const SqliteError& e) {
      throw journal_error(path_, e);
    } catch (const wire::DecodeError& e) {
      throw damaged_journal(path_, e.what());
    }
  }

 private:
  void open_to_look();
  void open_for_run(Use use);
  [[nodiscard]] std::string user_of_it();
  void check_head(bool may_be_empty);
  void open_database(int flags);
  void check_form();
  void check_soundness();

  std::string path_;
  RunLock file_;  ///< declared before the connections, so that it is closed after them
  FilePlaces places_;
  bool new_ = false;
  std::unique_ptr<Database> writer_;
  std::unique_ptr<Database> reader_;
};

}  // namespace prun::journal
