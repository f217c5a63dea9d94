"""The business, cut by feature; imports go only from high features to low ones.

A function that takes a unit of work raises `Unauthenticated` or `Forbidden` when its caller lacks the permission
(`UnitOfWork.require`). A row that is not the organization's, or was deleted, is `NotFound`; one locked in another
version than the caller knows, `PreconditionFailed`; a cursor of another list, `Invalid` (`core/web/paging.py`).
"""
