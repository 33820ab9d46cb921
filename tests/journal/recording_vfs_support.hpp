// A file system for SQLite that passes everything on and keeps a record of every write, truncation, sync and deletion, so that
// a test can make the files as a power cut would have left them at any moment.
#pragma once

#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace prun::test {

struct FileOperation {
  enum class Kind : std::uint8_t { write, truncate, sync, remove };
  std::string file;  ///< its name, without the folder
  Kind kind = Kind::write;
  std::uint64_t offset = 0;  ///< of truncate: the size
  std::string bytes;
};

/// What a power cut leaves of writes that were not synced.
enum class Cut : std::uint8_t {
  keeps_all,     ///< as kill -9 does
  keeps_synced,  ///< nothing since the last sync of the file
  tears_last,    ///< half of the last write
  keeps_some,    ///< every second of those that were not synced, and half of the last
};

class RecordingVfs {
 public:
  /// Every database that is opened from now on, until the destructor, is recorded.
  RecordingVfs();
  RecordingVfs(const RecordingVfs&) = delete;
  RecordingVfs& operator=(const RecordingVfs&) = delete;
  ~RecordingVfs();

  /// How many operations there are by now.
  [[nodiscard]] std::size_t position() const;
  /// Takes what was recorded; nothing is recorded any more.
  [[nodiscard]] std::vector<FileOperation> take();
};

/// The files after the first `count` operations and a power cut. What is kept in memory alone (the -shm file) is gone.
[[nodiscard]] std::map<std::string, std::string> files_after(const std::vector<FileOperation>& operations,
                                                             std::size_t count, Cut cut);

}  // namespace prun::test
