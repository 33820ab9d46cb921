// How a failure comes to know where its exception was thrown, at no cost while nothing is thrown.
#pragma once

namespace prun::detail {

/// Stands in a catch clause before `catch (...)`, and matches no exception: but the search for a handler, which asks it
/// while the frames of the throw still stand, lets it note where that is, for the CallFrame's failed() on the same thread.
class ThrowSite {
 public:
  ThrowSite() = delete;

 protected:
  virtual ~ThrowSite();  // not defined: the library says itself what this type's type_info is
};

}  // namespace prun::detail
