// See saved_file.hpp.
#include "output/saved_file.hpp"

#include "output/output_buffer.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace prun {
namespace {

/// A file that checks errors when it is closed, because some file systems report a full disk only then.
class NewFile {
 public:
  explicit NewFile(const std::filesystem::path& path)
      : path_(path), fd_(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)) {
    check(fd_);
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  ~NewFile() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int fd() const noexcept { return fd_; }
  void close() { check(::close(std::exchange(fd_, -1))); }

 private:
  void check(int result) const {
    if (result < 0) throw std::system_error(errno, std::generic_category(), "cannot write " + path_.string());
  }

  const std::filesystem::path& path_;
  int fd_;
};

}  // namespace

void save_output(const std::filesystem::path& path, const command::CommandResult::Output& output,
                 command::SpilledFiles* files) {
  NewFile file(path);
  OutputBuffer buffer(file.fd(), path.string());
  if (output.file && files != nullptr) {
    buffer.copy_from(files->look_at(output.file->token));
  } else {
    buffer.write(output.bytes);
  }
  buffer.flush();
  file.close();
}

}  // namespace prun
