#include "jobserver/tokens.hpp"

#include <new>
#include <utility>

namespace prun::jobserver {

Tokens::Tokens(TokenPipe pipe, std::uint32_t most)
    : pipe_(std::move(pipe)),
      most_(most),
      memory_(sizeof(Notes) + most, sizeof(Notes) + most),
      notes_(new (memory_.data()) Notes{}) {}

Tokens::~Tokens() { keep(0); }

bool Tokens::take() noexcept {
  const std::uint32_t held = count();
  if (held >= most_ || pipe_.fd() < 0) return false;
  const auto token = pipe_.take();
  if (!token) return false;
  notes_->bytes()[held] = *token;
  notes_->count.store(held + 1, std::memory_order_release);
  return true;
}

void Tokens::keep(std::uint32_t count) noexcept {
  std::uint32_t held = notes_->count.load(std::memory_order_acquire);
  while (held > count) {
    const char token = notes_->bytes()[held - 1];
    if (!notes_->count.compare_exchange_weak(held, held - 1, std::memory_order_acq_rel)) continue;
    pipe_.put(token);
    --held;
  }
}

void Tokens::leave() noexcept {
  keep(0);
  pipe_.remove_name();
}

}  // namespace prun::jobserver
