package dev.partnergateway.coupon;

import dev.partnergateway.idempotency.WaitingClaims.Taken;

/** One coupon in a file. */
final class FileRow {

    final Taken taken;
    final CouponRequest request;

    /** Whether it may be there from a file before, of which it is not known what became. */
    private boolean doubtful;

    /** Whether it was in a file before of which it seems that nothing was taken. */
    private boolean filedBefore;

    FileRow(Taken taken) {
        this.taken = taken;
        this.request = CouponRequest.read(taken.claim().request());
        this.doubtful = taken.again();
        this.filedBefore = request.wasInFileBefore();
    }

    boolean doubtful() {
        return doubtful;
    }

    void doubt() {
        doubtful = true;
    }

    /** The file that it was in was refused, for another row perhaps. */
    void divide() {
        filedBefore = true;
    }

    /** Whether what is found with its code from another import is somebody else's. */
    boolean firstTime() {
        return !doubtful && !filedBefore;
    }
}
