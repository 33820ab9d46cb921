#include "python/channel.hpp"

#include "sys/error.hpp"
#include "sys/patience.hpp"

#include <sys/socket.h>

namespace prun::python {

bool Channel::send(MessageKind kind, std::string_view bytes) {
  const MessageHead head{kind, 0, bytes.size()};
  return send_all(&head, sizeof head) && send_all(bytes.data(), bytes.size());
}

bool Channel::receive(MessageKind& kind, std::string& bytes) {
  MessageHead head{};
  if (!receive_all(&head, sizeof head)) return false;
  kind = head.kind;
  bytes.resize(head.size);
  return receive_all(bytes.data(), bytes.size());
}

bool Channel::send_all(const void* data, std::size_t size) {
  const char* at = static_cast<const char*>(data);
  while (size != 0) {
    const ssize_t sent = sys::retry_short_of_memory([&] { return ::send(socket_.get(), at, size, MSG_NOSIGNAL); });
    if (sent <= 0) return false;
    at += sent;
    size -= static_cast<std::size_t>(sent);
  }
  return true;
}

bool Channel::receive_all(void* data, std::size_t size) {
  char* at = static_cast<char*>(data);
  while (size != 0) {
    const ssize_t got = sys::retry_interrupted([&] { return ::recv(socket_.get(), at, size, 0); });
    if (got <= 0) return false;
    at += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

}  // namespace prun::python
