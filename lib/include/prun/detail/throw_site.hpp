// Records where an exception was thrown, for failure messages. It costs nothing while nothing is thrown.
#pragma once

namespace prun::detail {

/// A type to catch before `catch (...)`. It matches no exception. The search for a handler asks it while the frames of the
/// throw still exist, so it can record their place for CallFrame::failed() on the same thread.
class ThrowSite {
 public:
  ThrowSite() = delete;

 protected:
  virtual ~ThrowSite();  // not defined: the library provides the type_info of this type
};

}  // namespace prun::detail
