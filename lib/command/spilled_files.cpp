#include "command/spilled_files.hpp"

#include "sys/error.hpp"
#include "sys/patience.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>

namespace prun::command {
namespace {

constexpr std::size_t most_open_files = 128;
constexpr std::size_t largest_share = 8;  // at most this fraction of the descriptor limit is used for such files

/// The maximum number of open files.
std::size_t open_files_allowed() {
  rlimit limit{};
  sys::checked(::getrlimit(RLIMIT_NOFILE, &limit), "getrlimit");
  return static_cast<std::size_t>(std::min<rlim_t>(limit.rlim_cur / largest_share, most_open_files));
}

std::string temporary_directory() {
  const char* directory = std::getenv("TMPDIR");  // NOLINT(concurrency-mt-unsafe): nobody sets it meanwhile
  return directory != nullptr && *directory != '\0' ? directory : "/tmp";
}

/// A message with one descriptor.
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

/// The received descriptor; none if no descriptor number was free for it.
sys::Fd descriptor_of(const Message& message) {
  const cmsghdr* control = CMSG_FIRSTHDR(&message.header);
  if (control == nullptr || control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_RIGHTS) return {};
  int fd = -1;
  std::memcpy(&fd, CMSG_DATA(control), sizeof fd);
  return sys::Fd(fd);
}

std::uint64_t size_of(const sys::Fd& file) {
  struct stat status {};
  sys::checked(::fstat(file.get(), &status), "fstat");
  return static_cast<std::uint64_t>(status.st_size);
}

FileToken next_token() {
  static std::atomic<std::uint32_t> count{0};
  return (static_cast<FileToken>(::getpid()) << 32U) | ++count;
}

pid_t sender_of(FileToken token) { return static_cast<pid_t>(token >> 32U); }

}  // namespace

sys::Fd make_unnamed_file() {
  const std::string directory = temporary_directory();
  sys::Fd file(::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600));
  if (file) return file;
  std::string name = directory + "/prun-XXXXXX";  // for file systems without O_TMPFILE
  file.reset(::mkostemp(name.data(), O_CLOEXEC));
  if (!file) sys::throw_errno("cannot create a temporary file in " + directory);
  sys::checked(::unlink(name.c_str()), name.c_str());
  return file;
}

SpilledFiles::SpilledFiles() : most_open_files_(open_files_allowed()) {
  std::array<int, 2> ends{};
  sys::checked(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()), "socketpair");
  receiver_ = sys::Fd(ends[0]);
  sender_ = sys::Fd(ends[1]);
  restore_spares();
}

SpilledFile SpilledFiles::send(const sys::Fd& file) const {
  FileToken token = next_token();
  const std::uint64_t size = size_of(file);
  Message message(token);
  cmsghdr* control = CMSG_FIRSTHDR(&message.header);
  control->cmsg_level = SOL_SOCKET;
  control->cmsg_type = SCM_RIGHTS;
  control->cmsg_len = CMSG_LEN(sizeof(int));
  const int fd = file.get();
  std::memcpy(CMSG_DATA(control), &fd, sizeof fd);
  sys::checked(sys::retry_short_of_memory([&] { return ::sendmsg(sender_.get(), &message.header, MSG_NOSIGNAL); }),
               "cannot hand on a temporary file");
  return {token, size};
}

void SpilledFiles::receive() {
  while (receive_one()) {
  }
}

// Only peeks at the message until its descriptor is here: if no number is free for it, nothing is lost.
bool SpilledFiles::receive_one() {
  for (;;) {
    FileToken token = 0;
    Message message(token);
    const auto got = sys::retry_interrupted(
        [&] { return ::recvmsg(receiver_.get(), &message.header, MSG_PEEK | MSG_DONTWAIT | MSG_CMSG_CLOEXEC); });
    if (got < 0 && errno == EAGAIN) return false;
    sys::checked(got, "cannot receive a temporary file");
    sys::Fd file = descriptor_of(message);
    if (!file) {
      if (free_a_descriptor()) continue;
      errno = EMFILE;
      sys::throw_errno("cannot receive a temporary file");
    }
    sys::checked(sys::retry_interrupted([&] { return ::recv(receiver_.get(), &token, sizeof token, MSG_DONTWAIT); }),
                 "cannot receive a temporary file");
    keep(token, std::move(file));
    return true;
  }
}

bool SpilledFiles::free_a_descriptor() {
  for (auto& [token, kept] : kept_) {
    if (!kept.own) continue;
    move_to_common(kept);
    return true;
  }
  const auto spare = std::ranges::find_if(spares_, [](const sys::Fd& fd) { return static_cast<bool>(fd); });
  if (spare == spares_.end()) return false;
  spare->reset();
  most_open_files_ = open_files_;  // the next file goes into the common file, and its number becomes a spare again
  return true;
}

// If a descriptor is not available now, it may be later.
void SpilledFiles::restore_spares() {
  const std::size_t wanted = spares_.size() - (common_ ? 1 : 0);
  for (std::size_t i = 0; i < wanted; ++i) {
    if (!spares_[i]) spares_[i] = sys::Fd(::fcntl(receiver_.get(), F_DUPFD_CLOEXEC, 0));
  }
}

void SpilledFiles::keep(FileToken token, sys::Fd file) {
  Kept kept{std::move(file), 0, 0, false};
  kept.size = size_of(kept.own);
  ++open_files_;
  if (open_files_ > most_open_files_) move_to_common(kept);
  kept_.emplace(token, std::move(kept));
  restore_spares();
}

void SpilledFiles::move_to_common(Kept& kept) {
  if (!common_) {
    spares_.back().reset();
    common_ = make_unnamed_file();
  }
  sys::checked(::lseek(common_.get(), common_size_, SEEK_SET), "lseek");
  off_t from = 0;
  while (static_cast<std::uint64_t>(from) < kept.size) {
    const auto sent = sys::retry_interrupted(
        [&] { return ::sendfile(common_.get(), kept.own.get(), &from, kept.size - static_cast<std::uint64_t>(from)); });
    if (sent == 0) errno = EIO;  // it was longer before
    if (sent <= 0) sys::throw_errno("cannot keep a large output in a temporary file");
  }
  kept.offset = common_size_;
  common_size_ += static_cast<off_t>(kept.size);
  ++in_common_;
  --open_files_;
  kept.own.reset();
}

SpilledFiles::AllKept::iterator SpilledFiles::find(FileToken token) {
  auto found = kept_.find(token);
  while (found == kept_.end() && receive_one()) found = kept_.find(token);
  if (found == kept_.end()) throw std::runtime_error("a large output is lost: its temporary file has not come");
  return found;
}

sys::FilePart SpilledFiles::part_of(const Kept& kept) const noexcept {
  // Used parts of the common file are freed, which would change the bytes that a pipe refers to.
  if (!kept.own) return {common_.get(), kept.offset, kept.size, false};
  return {kept.own.get(), 0, kept.size, true};
}

sys::FilePart SpilledFiles::look_at(FileToken token) { return part_of(find(token)->second); }

SpilledFiles::Shared SpilledFiles::share(FileToken token) {
  for (;;) {
    const sys::FilePart part = look_at(token);
    sys::Fd file(::fcntl(part.fd, F_DUPFD_CLOEXEC, 0));
    if (file) return {std::move(file), part.offset, part.size, part.by_reference};
    if (errno != EMFILE || !free_a_descriptor()) sys::throw_errno("cannot share a temporary file");
  }
}

SpilledFile SpilledFiles::adopt(sys::Fd file) {
  const FileToken token = next_token();
  const std::uint64_t size = size_of(file);
  keep(token, std::move(file));
  return {token, size};
}

std::shared_ptr<const SpilledFiles::Content> SpilledFiles::take(FileToken token) {
  const auto found = find(token);
  const sys::FilePart part = part_of(found->second);
  auto content = std::make_shared<const Content>(*this, std::move(found->second.own), part);
  kept_.erase(found);
  return content;
}

void SpilledFiles::note_named(FileToken token) { find(token)->second.named = true; }

void SpilledFiles::give_back_unnamed(pid_t sender) {
  receive();
  for (auto at = kept_.begin(); at != kept_.end();) {
    const auto entry = at++;
    if (!entry->second.named && sender_of(entry->first) == sender) give_back(entry->first);
  }
}

void SpilledFiles::give_back(FileToken token) noexcept {
  const auto found = kept_.find(token);
  if (found == kept_.end()) return;
  give_back(found->second.own, part_of(found->second));
  kept_.erase(found);
}

SpilledFiles::Content::~Content() { files_->give_back(own_, part_); }

void SpilledFiles::give_back(sys::Fd& own, const sys::FilePart& part) noexcept {
  if (own) {
    own.reset();
    --open_files_;
    return;
  }
  if (--in_common_ == 0 && ::ftruncate(common_.get(), 0) == 0) {
    common_size_ = 0;
    return;
  }
  // If the file system has no holes, the space is freed with the last of these contents.
  static_cast<void>(
      ::fallocate(part.fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, part.offset, static_cast<off_t>(part.size)));
}

}  // namespace prun::command
