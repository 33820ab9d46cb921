#include "jobserver/join.hpp"

#include "jobserver/make_flags.hpp"

#include <string>
#include <system_error>
#include <utility>

namespace prun::jobserver {

Joined join(std::string_view make_flags, const JoinOptions& options) {
  Joined joined;
  const MakeFlags flags = parse_make_flags(make_flags);
  joined.dry_run = flags.dry_run;
  if (flags.jobserver) {
    auto pipe = TokenPipe::open(*flags.jobserver);
    if (pipe) {
      joined.tokens = std::make_unique<Tokens>(std::move(*pipe), options.workers);
      joined.note = "takes its share of make's jobs";
      return joined;
    }
    joined.note = "cannot take part in make's jobserver: " + pipe.error();
  }
  if (!options.offer) return joined;
  try {
    joined.tokens = std::make_unique<Tokens>(TokenPipe::create(options.workers - 1, options.style), options.workers);
  } catch (const std::system_error& error) {  // no /proc, as in some containers
    joined.note = std::string("offers no jobserver to what it runs: ") + error.what();
    return joined;
  }
  joined.make_flags = with_jobserver(make_flags, joined.tokens->address(), options.workers);
  return joined;
}

}  // namespace prun::jobserver
