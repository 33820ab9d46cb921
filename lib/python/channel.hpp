// Messages over a socket whose other end may die at any time. Used on both ends. It does not interpret the messages.
#pragma once

#include "python/messages.hpp"
#include "sys/fd.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace prun::python {

class Channel {
 public:
  explicit Channel(sys::Fd socket) : socket_(std::move(socket)) {}

  [[nodiscard]] int fd() const noexcept { return socket_.get(); }
  void close() noexcept { socket_.reset(); }

  /// Returns false if the other end is closed.
  [[nodiscard]] bool send(MessageKind kind, std::string_view bytes);
  [[nodiscard]] bool receive(MessageKind& kind, std::string& bytes);

 private:
  [[nodiscard]] bool send_all(const void* data, std::size_t size);
  [[nodiscard]] bool receive_all(void* data, std::size_t size);

  sys::Fd socket_;
};

}  // namespace prun::python
