// See recording_vfs_support.hpp.
#include "journal/recording_vfs_support.hpp"

#include <algorithm>
#include <cstring>
#include <mutex>
#include <new>
#include <set>
#include <utility>

namespace prun::test {
namespace {

sqlite3_vfs* below = nullptr;  // the system's own; SQLite hands a VFS no other way to it
std::mutex record_mutex;
std::vector<FileOperation> record;
bool recording = false;

void note(FileOperation operation) {
  const std::lock_guard lock(record_mutex);
  if (recording) record.push_back(std::move(operation));
}

std::string base_name(const char* path) {
  const std::string whole = path;
  return whole.substr(whole.rfind('/') + 1);
}

/// An open file: SQLite's own part first, behind it the file of the VFS below.
struct RecordedFile {
  sqlite3_file base;
  const char* path;
  [[nodiscard]] sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

RecordedFile* self(sqlite3_file* file) { return reinterpret_cast<RecordedFile*>(file); }
sqlite3_file* real(sqlite3_file* file) { return self(file)->real(); }

int write(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
  note({base_name(self(file)->path), FileOperation::Kind::write, static_cast<std::uint64_t>(offset),
        std::string(static_cast<const char*>(data), static_cast<std::size_t>(size))});
  return real(file)->pMethods->xWrite(real(file), data, size, offset);
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
  note({base_name(self(file)->path), FileOperation::Kind::truncate, static_cast<std::uint64_t>(size), {}});
  return real(file)->pMethods->xTruncate(real(file), size);
}

int sync(sqlite3_file* file, int flags) {
  note({base_name(self(file)->path), FileOperation::Kind::sync, 0, {}});
  return real(file)->pMethods->xSync(real(file), flags);
}

int remove(sqlite3_vfs*, const char* path, int sync_folder) {
  note({base_name(path), FileOperation::Kind::remove, 0, {}});
  return below->xDelete(below, path, sync_folder);
}

// All others are passed on as they are.
const sqlite3_io_methods methods{
    2,
    [](sqlite3_file* f) { return real(f)->pMethods->xClose(real(f)); },
    [](sqlite3_file* f, void* to, int n, sqlite3_int64 at) { return real(f)->pMethods->xRead(real(f), to, n, at); },
    write,
    truncate,
    sync,
    [](sqlite3_file* f, sqlite3_int64* size) { return real(f)->pMethods->xFileSize(real(f), size); },
    [](sqlite3_file* f, int lock) { return real(f)->pMethods->xLock(real(f), lock); },
    [](sqlite3_file* f, int lock) { return real(f)->pMethods->xUnlock(real(f), lock); },
    [](sqlite3_file* f, int* held) { return real(f)->pMethods->xCheckReservedLock(real(f), held); },
    [](sqlite3_file* f, int op, void* argument) {
      // A size hint would allocate, and a mapping would be written to, past the record.
      return op == SQLITE_FCNTL_SIZE_HINT || op == SQLITE_FCNTL_MMAP_SIZE
                 ? SQLITE_NOTFOUND
                 : real(f)->pMethods->xFileControl(real(f), op, argument);
    },
    [](sqlite3_file* f) { return real(f)->pMethods->xSectorSize(real(f)); },
    [](sqlite3_file*) { return 0; },  // no promise of what a power cut leaves whole
    [](sqlite3_file* f, int page, int size, int extend, void volatile** memory) {
      return real(f)->pMethods->xShmMap(real(f), page, size, extend, memory);
    },
    [](sqlite3_file* f, int at, int n, int flags) { return real(f)->pMethods->xShmLock(real(f), at, n, flags); },
    [](sqlite3_file* f) { real(f)->pMethods->xShmBarrier(real(f)); },
    [](sqlite3_file* f, int remove_it) { return real(f)->pMethods->xShmUnmap(real(f), remove_it); },
    nullptr,
    nullptr};

int open(sqlite3_vfs*, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  RecordedFile* recorded = self(file);
  recorded->path = path;  // SQLite keeps the name as long as the file
  const int code = below->xOpen(below, path, recorded->real(), flags, out_flags);
  const bool of_journal =
      path != nullptr && (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) != 0;
  recorded->base.pMethods = code == SQLITE_OK && of_journal ? &methods : nullptr;
  if (code == SQLITE_OK && !of_journal) {
    // A temporary file is nothing that a power cut could spoil; still it goes through here, by the same methods.
    recorded->path = "/temporary";
    recorded->base.pMethods = &methods;
  }
  return code;
}

sqlite3_vfs& vfs() {
  static sqlite3_vfs made = *below;
  made.zName = "recording";
  made.szOsFile = static_cast<int>(sizeof(RecordedFile)) + below->szOsFile;
  made.xOpen = open;
  made.xDelete = remove;
  made.pNext = nullptr;
  return made;
}

}  // namespace

RecordingVfs::RecordingVfs() {
  if (below == nullptr) below = ::sqlite3_vfs_find(nullptr);
  ::sqlite3_vfs_register(&vfs(), 1);
  record.clear();
  recording = true;
}

RecordingVfs::~RecordingVfs() {
  recording = false;
  ::sqlite3_vfs_unregister(&vfs());
  ::sqlite3_vfs_register(below, 1);
}

std::size_t RecordingVfs::position() const {
  const std::lock_guard lock(record_mutex);
  return record.size();
}

std::vector<FileOperation> RecordingVfs::take() {
  const std::lock_guard lock(record_mutex);
  recording = false;
  return std::exchange(record, {});
}

namespace {

void apply(std::string& content, const FileOperation& operation, std::size_t size) {
  if (operation.kind == FileOperation::Kind::truncate) {
    content.resize(operation.offset);
    return;
  }
  if (content.size() < operation.offset + size) content.resize(operation.offset + size);
  std::copy_n(operation.bytes.data(), size, content.begin() + static_cast<std::ptrdiff_t>(operation.offset));
}

}  // namespace

std::map<std::string, std::string> files_after(const std::vector<FileOperation>& operations, std::size_t count,
                                               Cut cut) {
  using Kind = FileOperation::Kind;
  std::map<std::string, std::size_t> synced;  // a file: the operations before this one are
  for (std::size_t i = 0; i < count; ++i) {
    if (operations[i].kind == Kind::sync || operations[i].kind == Kind::remove) synced[operations[i].file] = i;
  }
  std::map<std::string, std::string> files;
  bool kept = false;
  for (std::size_t i = 0; i < count; ++i) {
    const FileOperation& operation = operations[i];
    if (operation.file == "temporary" || operation.kind == Kind::sync) continue;
    if (operation.kind == Kind::remove) {
      files.erase(operation.file);
      continue;
    }
    std::string& content = files[operation.file];
    const auto last_sync = synced.find(operation.file);
    const bool durable = last_sync != synced.end() && i < last_sync->second;
    std::size_t size = operation.bytes.size();
    if (!durable) {
      kept = !kept;
      if (cut == Cut::keeps_synced || (cut == Cut::keeps_some && !kept)) continue;
      if (cut != Cut::keeps_all && i + 1 == count) size /= 2;
    }
    apply(content, operation, size);
  }
  return files;
}

}  // namespace prun::test
