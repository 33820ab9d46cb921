#include "command/spilled_files.hpp"

#include "sys/error.hpp"

#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <string>

namespace prun::command {
namespace {

constexpr std::size_t most_open_files = 128;

std::string temporary_directory() {
  const char* directory = std::getenv("TMPDIR");  // NOLINT(concurrency-mt-unsafe): nobody sets it meanwhile
  return directory != nullptr && *directory != '\0' ? directory : "/tmp";
}

/// A message that carries one descriptor.
struct Message {
  explicit Message(FileToken& token) : data{&token, sizeof token} {
    header.msg_iov = &data;
    header.msg_iovlen = 1;
    header.msg_control = control.data();
    header.msg_controllen = control.size();
  }
  iovec data;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr header{};
};

std::uint64_t size_of(const sys::Fd& file) {
  struct stat status {};
  sys::checked(::fstat(file.get(), &status), "fstat");
  return static_cast<std::uint64_t>(status.st_size);
}

FileToken next_token() {
  static std::atomic<std::uint32_t> count{0};
  return (static_cast<FileToken>(::getpid()) << 32) | ++count;
}

}  // namespace

sys::Fd make_unnamed_file() {
  const std::string directory = temporary_directory();
  sys::Fd file(::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600));
  if (file) return file;
  std::string name = directory + "/prun-XXXXXX";  // a file system without O_TMPFILE
  file.reset(::mkostemp(name.data(), O_CLOEXEC));
  if (!file) sys::throw_errno("no temporary file can be made in " + directory);
  ::unlink(name.c_str());
  return file;
}

SpilledFiles::SpilledFiles() {
  std::array<int, 2> ends{};
  sys::checked(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()), "socketpair");
  receiver_ = sys::Fd(ends[0]);
  sender_ = sys::Fd(ends[1]);
}

FileToken SpilledFiles::send(const sys::Fd& file) const {
  FileToken token = next_token();
  Message message(token);
  cmsghdr* control = CMSG_FIRSTHDR(&message.header);
  control->cmsg_level = SOL_SOCKET;
  control->cmsg_type = SCM_RIGHTS;
  control->cmsg_len = CMSG_LEN(sizeof(int));
  const int fd = file.get();
  std::memcpy(CMSG_DATA(control), &fd, sizeof fd);
  sys::checked(sys::retry_interrupted([&] { return ::sendmsg(sender_.get(), &message.header, MSG_NOSIGNAL); }),
               "a temporary file cannot be handed on");
  return token;
}

void SpilledFiles::receive() {
  for (;;) {
    FileToken token = 0;
    Message message(token);
    const auto got = sys::retry_interrupted(
        [&] { return ::recvmsg(receiver_.get(), &message.header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC); });
    if (got <= 0) return;
    const cmsghdr* control = CMSG_FIRSTHDR(&message.header);
    if (control == nullptr || control->cmsg_type != SCM_RIGHTS)
      continue;  // no descriptor was free: take() will miss it
    int fd = -1;
    std::memcpy(&fd, CMSG_DATA(control), sizeof fd);
    keep(token, sys::Fd(fd));
  }
}

void SpilledFiles::keep(FileToken token, sys::Fd file) {
  Kept kept{sys::Fd(), 0, size_of(file)};
  if (open_files_ < most_open_files) {
    ++open_files_;
    kept.file = std::move(file);
  } else {
    append_to_common(kept, file);
  }
  kept_.emplace(token, std::move(kept));
}

void SpilledFiles::append_to_common(Kept& kept, const sys::Fd& file) {
  if (!common_) common_ = make_unnamed_file();
  kept.offset = common_size_;
  sys::checked(::lseek(common_.get(), common_size_, SEEK_SET), "lseek");
  off_t from = 0;
  while (static_cast<std::uint64_t>(from) < kept.size) {
    const auto sent = sys::retry_interrupted(
        [&] { return ::sendfile(common_.get(), file.get(), &from, kept.size - static_cast<std::uint64_t>(from)); });
    if (sent <= 0) sys::throw_errno("a large output cannot be kept in a temporary file");
  }
  common_size_ += static_cast<off_t>(kept.size);
}

SpilledFiles::Place SpilledFiles::look_at(FileToken token) {
  receive();
  const auto found = kept_.find(token);
  if (found == kept_.end()) return {};
  const Kept& kept = found->second;
  return {kept.file ? kept.file.get() : common_.get(), kept.offset, kept.size};
}

std::optional<SpilledFiles::Shared> SpilledFiles::share(FileToken token) {
  const Place place = look_at(token);
  if (place.fd < 0) return std::nullopt;
  sys::Fd file(sys::checked(::fcntl(place.fd, F_DUPFD_CLOEXEC, 0), "a temporary file cannot be shared"));
  return Shared{std::move(file), place.offset, place.size, place.fd != common_.get()};
}

FileToken SpilledFiles::adopt(sys::Fd file) {
  const FileToken token = next_token();
  keep(token, std::move(file));
  return token;
}

std::optional<SpilledFiles::Content> SpilledFiles::take(FileToken token) {
  receive();
  const auto found = kept_.find(token);
  if (found == kept_.end()) return std::nullopt;
  Kept kept = std::move(found->second);
  kept_.erase(found);
  if (kept.file) --open_files_;
  const int fd = kept.file ? kept.file.get() : common_.get();
  return Content(std::move(kept.file), fd, kept.offset, kept.size);
}

SpilledFiles::Content::~Content() {
  if (file_ || fd_ < 0 || size_ == 0) return;
  // The common file grows no more on the disk than what is still to be read of it.
  ::fallocate(fd_, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset_, static_cast<off_t>(size_));
}

}  // namespace prun::command
