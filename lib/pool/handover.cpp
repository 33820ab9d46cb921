#include "pool/handover.hpp"

#include "sys/error.hpp"

#include <prun/detail/codec.hpp>

#include <sys/socket.h>

#include <cstring>
#include <stdexcept>
#include <string_view>
#include <tuple>

namespace prun::pool {
namespace {

constexpr std::size_t largest = std::size_t{64} << 10;

using Text = std::string;
using Pairs = std::vector<std::pair<Text, Text>>;
using Form = std::tuple<pid_t, std::uint32_t, Text, Pairs, Text, Text, bool>;
using Fds = std::array<int, Handover::descriptors>;

struct Control {
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(Fds))> bytes{};
};

msghdr message_of(iovec& bytes, Control& control) {
  msghdr message{};
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  message.msg_control = control.bytes.data();
  message.msg_controllen = control.bytes.size();
  return message;
}

}  // namespace

void send_handover(int socket, const Handover& h, const Fds& fds) {
  std::string form;
  detail::encode(form,
                 Form{h.master, h.initial, h.guardian_mark, h.environment, h.initializer, h.preload, h.preloaded});
  iovec bytes{form.data(), form.size()};
  Control control;
  msghdr message = message_of(bytes, control);
  cmsghdr* const rights = CMSG_FIRSTHDR(&message);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(sizeof fds);
  std::memcpy(CMSG_DATA(rights), fds.data(), sizeof fds);
  sys::checked(sys::retry_interrupted([&] { return ::sendmsg(socket, &message, MSG_NOSIGNAL); }),
               "cannot hand the pool over to the spawned program");
}

Handover receive_handover(int socket, std::array<sys::Fd, Handover::descriptors>& fds) {
  std::string form(largest, '\0');
  iovec bytes{form.data(), form.size()};
  Control control;
  msghdr message = message_of(bytes, control);
  const auto got =
      sys::checked(sys::retry_interrupted([&] { return ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC); }), "recvmsg");
  const cmsghdr* const rights = CMSG_FIRSTHDR(&message);
  if (got == 0 || rights == nullptr || rights->cmsg_len != CMSG_LEN(sizeof(Fds))) {
    throw std::runtime_error("the spawned program was not given its descriptors");
  }
  Fds numbers{};
  std::memcpy(numbers.data(), CMSG_DATA(rights), sizeof numbers);
  for (std::size_t i = 0; i < fds.size(); ++i) fds[i] = sys::Fd(numbers[i]);
  std::string_view in(form.data(), static_cast<std::size_t>(got));
  auto [master, initial, mark, environment, initializer, preload, preloaded] = detail::decode<Form>(in);
  return {master,   initial, std::move(mark), std::move(environment), std::move(initializer), std::move(preload),
          preloaded};
}

}  // namespace prun::pool
