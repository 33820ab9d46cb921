// See journal_file.hpp.
#include "journal/journal_file.hpp"

#include "command/command_words.hpp"
#include "journal/schema.hpp"
#include "sys/error.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace prun::journal {
namespace {

constexpr std::string_view sqlite_head("SQLite format 3\0", 16);
constexpr int patience_ms = 30'000;

/// The files beside the database could not be created.
bool needs_folder(const SqliteError& e) { return e.code() == SQLITE_CANTOPEN || e.code() == SQLITE_READONLY; }

bool is_writable(const std::filesystem::path& folder) {
  return ::access(folder.empty() ? "." : folder.c_str(), W_OK) == 0;
}

std::string words_of_errno() { return std::generic_category().message(errno); }

}  // namespace

JournalError journal_error(const std::string& path, const SqliteError& e) {
  return e.damaged() ? damaged_journal(path, e.what()) : JournalError("the journal " + path + ": " + e.what());
}

JournalError damaged_journal(const std::string& path, std::string_view what) {
  return JournalError(fmt::format("the journal {}: it is damaged: {}; save what can be read: {} | sqlite3 NEW.db", path,
                                  what, command::join_words({"sqlite3", path, ".recover"})));
}

JournalFile::JournalFile(const std::string& path, Use use) : path_(path) {
  try {
    if (use == Use::look_at) {
      file_ = RunLock(sys::Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC)));
      if (file_.fd() < 0) throw JournalError("the journal " + path + " cannot be read: " + words_of_errno());
      check_head(false);
      open_to_look();
      check_form();
    } else {
      open_for_run(use);
    }
  } catch (const SqliteError& e) {
    if (!needs_folder(e)) throw journal_error(path_, e);
    throw JournalError(
        fmt::format("the journal {0}: {1}; SQLite needs to create {0}-wal and {0}-shm beside it", path_, e.what()));
  }
}

void JournalFile::watch_places() {
  places_.watch_main(path_, file_.fd());
  for (const char* suffix : {"-wal", "-shm"}) places_.watch_beside(path_ + suffix);
}

// SQLite must create files beside the database, unless it knows that no process can change it.
// A connection that may only read would leave them behind.
void JournalFile::open_to_look() {
  if (::access(path_.c_str(), W_OK) == 0) {
    try {
      reader_ = std::make_unique<Database>(path_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX);
      reader_->set_patience(patience_ms);
      reader_->execute("PRAGMA query_only = ON");
      static_cast<void>(reader_->integer("PRAGMA application_id"));
      return;
    } catch (const SqliteError& e) {
      if (!needs_folder(e)) throw;
    }
  }
  open_database(SQLITE_OPEN_READONLY);
  try {
    static_cast<void>(reader_->integer("PRAGMA application_id"));
  } catch (const SqliteError& e) {
    const std::string log = path_ + "-wal";
    const bool folder_refuses = needs_folder(e) && !is_writable(std::filesystem::path(path_).parent_path());
    if (!folder_refuses || ::access(log.c_str(), F_OK) == 0) throw;
    std::string uri = "file:";
    for (const char c : path_) uri += c == '?' || c == '#' || c == '%' ? fmt::format("%{:02x}", c) : std::string(1, c);
    reader_ = std::make_unique<Database>(uri + "?immutable=1", SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
  }
}

void JournalFile::open_for_run(Use use) {
  // It may contain secrets, in command lines and in outputs of commands. SQLite gives the files beside it the same mode.
  file_ = RunLock(sys::Fd(::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)));
  if (file_.fd() < 0) throw JournalError("the journal " + path_ + " cannot be written: " + words_of_errno());
  if (!file_.take()) {
    throw JournalError("the journal " + path_ + " is in use: another prun" + user_of_it() + " is using it");
  }
  check_head(true);
  open_database(SQLITE_OPEN_READWRITE);
  if (reader_->integer("SELECT count(*) FROM sqlite_master") == 0 && reader_->integer("PRAGMA user_version") == 0) {
    writer_->execute("PRAGMA synchronous = FULL");
    create_schema(*writer_);
  }
  check_form();
  check_soundness();
  const std::int64_t runs = reader_->integer("SELECT count(*) FROM runs");
  new_ = runs == 0;
  if (!new_ && use == Use::create) {
    throw JournalError("the journal " + path_ + " has " + std::to_string(runs) + (runs == 1 ? " run" : " runs") +
                       " already; add --resume to continue it, or use another file name");
  }
  writer_->execute("PRAGMA synchronous = FULL");  // committed data survives a power failure
  writer_->execute("PRAGMA wal_autocheckpoint = 2000");
  writer_->execute("PRAGMA cache_size = -8192");
}

/// The process that uses the journal, as far as it is recorded.
std::string JournalFile::user_of_it() {
  try {
    Database looked_at(path_, SQLITE_OPEN_READONLY);
    const std::int64_t pid = looked_at.integer("SELECT pid FROM runs WHERE ended IS NULL ORDER BY run DESC LIMIT 1");
    return pid == 0 ? "" : ", process " + std::to_string(pid) + ",";
  } catch (const SqliteError&) {
    return "";
  }
}

void JournalFile::check_head(bool may_be_empty) {
  struct stat status {};
  if (::fstat(file_.fd(), &status) == 0 && !S_ISREG(status.st_mode))
    throw JournalError("the journal " + path_ + " must be a regular file");
  std::array<char, 16> head{};
  const auto got = sys::retry_interrupted([&] { return ::pread(file_.fd(), head.data(), head.size(), 0); });
  if (got == 0 && may_be_empty) return;
  if (got < 0) throw JournalError("the journal " + path_ + " cannot be read: " + words_of_errno());
  if (std::string_view(head.data(), static_cast<std::size_t>(got)) != sqlite_head) {
    throw JournalError(path_ + " is not a prun journal: it is not an SQLite database; use another file");
  }
}

void JournalFile::open_database(int flags) {
  if (flags != SQLITE_OPEN_READONLY) {
    writer_ = std::make_unique<Database>(path_, flags | SQLITE_OPEN_NOMUTEX);
    writer_->set_patience(patience_ms);
  }
  reader_ = std::make_unique<Database>(path_, flags | SQLITE_OPEN_NOMUTEX);
  reader_->set_patience(patience_ms);
}

void JournalFile::check_form() {
  const std::int64_t id = reader_->integer("PRAGMA application_id");
  const std::int64_t version = reader_->integer("PRAGMA user_version");
  if (id != application_id)
    throw JournalError(path_ + " is not a prun journal: it is a database of another program; use another file");
  if (version != schema_version) {
    throw JournalError("the journal " + path_ + " is of version " + std::to_string(version) +
                       ", and this prun writes version " + std::to_string(schema_version) +
                       "; use the prun version that created it");
  }
  const std::int64_t tables = reader_->integer(
      "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND "
      "name IN ('runs', 'functions', 'tasks', 'attempts', 'pieces')");
  if (tables != 5) throw damaged_journal(path_, "tables are missing");
}

// Reads all of it, so that nothing is added to a file that is damaged anywhere.
void JournalFile::check_soundness() {
  Statement check = reader_->prepare("PRAGMA quick_check(1)");
  if (check.step() && check.bytes(0) != "ok") throw damaged_journal(path_, check.bytes(0));
}

}  // namespace prun::journal
