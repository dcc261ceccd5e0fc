"""The only place of this app that takes row locks."""

from typing import TypeVar

from stores.exceptions import DocumentNotFound
from stores.models import StockDocument

Document = TypeVar("Document", bound=StockDocument)


def lock_document(model: type[Document], document_id: int) -> Document:
    """The document, locked until the end of the transaction.

    Closes the race between somebody editing the lines of a draft and somebody else submitting it: the
    edit waits for the submission (or the other way round) and then sees the state it left.
    Raises DocumentNotFound.
    """
    document = model._base_manager.select_for_update(of=("self",)).filter(pk=document_id).first()
    if document is None:
        raise DocumentNotFound(param="id")
    return document
